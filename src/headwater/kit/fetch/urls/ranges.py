"""Which addresses, names and ports are nobody's public web.

Sources: IANA special-purpose address registries for IPv4 and IPv6, IANA IPv6 global unicast assignments, RFC 6761 and
RFC 6762 for names, the documentation of the clouds for metadata hosts, WHATWG Fetch ("bad port") for ports.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

# The first match says why, so what is narrow stands before what is wide.
IPV4_CLOSED: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("169.254.169.254/32", "metadata"),
        ("169.254.170.0/24", "metadata"),
        ("100.100.100.200/32", "metadata"),
        ("192.0.0.192/32", "metadata"),
        ("168.63.129.16/32", "metadata"),
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link_local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "reserved"),
        ("192.52.193.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "reserved"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
)

IPV6_CLOSED: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("fd00:ec2::/32", "metadata"),
        ("fd20:ce::/32", "metadata"),
        ("fd00:c1::/32", "metadata"),
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "embedded_ipv4"),
        ("::/96", "embedded_ipv4"),
        ("::ffff:0:0:0/96", "embedded_ipv4"),
        ("64:ff9b:1::/48", "embedded_ipv4"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link_local"),
        ("fec0::/10", "site_local"),
        ("ff00::/8", "multicast"),
        ("2001::/32", "embedded_ipv4"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("2002::/16", "embedded_ipv4"),
        ("2620:4f:8000::/48", "reserved"),
    )
)
IPV6_GLOBAL = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
#: ISATAP puts an IPv4 address behind one of these in the lower half (RFC 5214).
ISATAP_MARKS = frozenset({0x00005EFE, 0x02005EFE})

#: Names that mean this machine, this network, or the cloud's own, whatever they resolve to. With all below them.
NAMES_CLOSED = frozenset(
    {
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "private",
        "corp",
        "home",
        "lan",
        "home.arpa",
        "in-addr.arpa",
        "ip6.arpa",
        "onion",
        "ip6-localhost",
        "ip6-loopback",
        "metadata.goog",
        "metadata.azure.com",
        "metadata.tencentyun.com",
        "instance-data.ec2.internal",
        "svc.cluster.local",
        "kubernetes.default.svc",
        "svc",
    }
)

#: The bad ports of WHATWG Fetch, and those of databases and control planes that would take an HTTP request for theirs.
PORTS_CLOSED = frozenset(
    {
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104),
        *(109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515),
        *(526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049),
        *(3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
        *(445, 1433, 1521, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5900, 6379, 6380, 6443, 9042, 9200, 9300),
        *(10250, 10255, 11211, 27017),
    }
)
