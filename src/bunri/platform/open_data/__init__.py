"""Providers of open data that is fetched as a whole: the state's portal and OpenStreetMap."""
