"""What stands in front: the configuration of a gateway, made from what targets and routes say of themselves."""
