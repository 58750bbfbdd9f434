"""What an installation carries: the load of a peak hour, what each part spends on it, what larger ones need."""
