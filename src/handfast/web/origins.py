"""Which origins are our own: where phones reach this server, and this machine's own name for itself."""

from urllib.parse import urlsplit


def own_origins(public_url: str) -> tuple[str, ...]:
    """The origins whose pages may act for whoever is signed in. A browser's passkeys need a name, never an address."""
    url = urlsplit(public_url)
    port = f":{url.port}" if url.port else ""
    return tuple(dict.fromkeys((f"{url.scheme}://{url.netloc}", f"{url.scheme}://localhost{port}")))
