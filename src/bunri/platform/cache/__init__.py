"""Valkey or Redis: what may be lost. Nothing in here is the only copy of anything."""

from bunri.platform.cache.valkey import Cache, CacheUnavailable

__all__ = ["Cache", "CacheUnavailable"]
