"""Alerts to whoever operates an installation."""
