"""People's favourite songs; who had a photo answered is thanked with one."""
