"""Photos as they come from phones: checked before they are decoded, decoded once, stored without metadata.

``probe`` reads a header, ``open_photo`` gives upright pixels and fingerprints, ``make_thumbnail`` what we store. All
are pure functions on bytes: thread-safe and blocking, so call them from a thread.
"""
