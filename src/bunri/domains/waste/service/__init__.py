"""The use cases of waste, a file each: jobs, seeing, finishing, replying, sweeping."""
