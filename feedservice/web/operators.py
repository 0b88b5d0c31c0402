"""Who may ask /readyz and /metrics: peers that operators name, and nobody through a proxy."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from feedservice.domain.route import Kind, Route

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Network = IPv4Network | IPv6Network
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_BY_PROXIES = (
    "HTTP_VIA",
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_",
    "HTTP_FASTLY_",
)
"""What says that the peer asks for somebody else, or how its name begins: behind a proxy every peer
is this machine."""


def is_for_operators(route: Route) -> bool:
    """Whether an address is not for readers; /healthz is everybody's."""
    return route.kind is Kind.METRICS or (route.kind is Kind.HEALTH and route.name == "readyz")


def is_operator(environ: "WSGIEnvironment", networks: Iterable[Network]) -> bool:
    """Whether a request was sent from one of the networks, and by no proxy."""
    if any(name.startswith(_BY_PROXIES) for name in environ):
        return False
    try:
        peer = ip_address(environ.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket of the file system, whose peers have no address
        return False
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in network for network in networks)
