"""Links that open turn-by-turn directions."""

from urllib.parse import quote

from bunri.domains.locations.area import KOREA


def route_url(name: str, lat: float, lng: float) -> str:
    """Kakao Map inside Korea, where other maps know no walking routes; elsewhere the device's own map (RFC 5870)."""
    point = f"{lat:.6f},{lng:.6f}"
    if KOREA.contains(lat, lng):
        # Kakao splits the path at commas, so the name must have none, not even a quoted one.
        return f"https://map.kakao.com/link/to/{quote(name.replace(',', ' '), safe='')},{point}"
    return f"geo:{point}?q={quote(f'{point}({name})', safe='')}"
