"""The counterpart of `bench.cascade`: the same cascade of bare signed messages, one durable row for each.

Thirteen orders in five depths at five nodes, each order and each answer signed, checked and inserted once, one request
in flight for each node and depth.
"""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import urllib3

from bench.bare_node import insert, opened, signed
from tarazy.edge.demonstration.processes import free_ports

NODES = 5


@dataclass
class Bare:
    """The bare network: node processes and the hub's own connections."""

    ports: list[int]
    processes: list[subprocess.Popen[bytes]]
    pools: list[urllib3.PoolManager]
    connection: psycopg.Connection
    url: str

    @classmethod
    def start(cls, url: str) -> "Bare":
        connection = psycopg.connect(url, autocommit=True)
        connection.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, text text NOT NULL)")
        ports = free_ports(NODES)
        processes = [
            subprocess.Popen([sys.executable, "-m", "bench.bare_node", str(port), url], stdin=subprocess.DEVNULL)
            for port in ports
        ]
        pools = [urllib3.PoolManager(maxsize=2 * NODES, retries=False) for _ in ports]
        bare = cls(ports, processes, pools, connection, url)
        deadline = time.perf_counter() + 30
        for node in range(NODES):
            while time.perf_counter() < deadline:
                with suppress(urllib3.exceptions.HTTPError):
                    bare.post(node, [])
                    break
                time.sleep(0.05)
        return bare

    def post(self, node: int, texts: list[str]) -> list[str]:
        url = f"http://127.0.0.1:{self.ports[node]}/"
        return json.loads(self.pools[node].request("POST", url, body=json.dumps(texts).encode()).data)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(10)
        self.connection.close()


def cascade(bare: Bare, workers: ThreadPoolExecutor, depths: list[list[int]], case: int) -> None:
    """Send each depth's orders, all nodes at once, and insert what comes back before the next depth."""
    for depth, nodes in enumerate(depths):
        batches: dict[int, list[str]] = {}
        for number, node in enumerate(nodes):
            batches.setdefault(node, []).append(signed({"order": f"{case}-{depth}-{number}", "from": 0, "to": 1}))
        insert(bare.connection, [text for texts in batches.values() for text in texts])
        answers = list(workers.map(lambda item: bare.post(*item), batches.items()))
        texts = [text for batch in answers for text in batch]
        for text in texts:
            opened(text)
        insert(bare.connection, texts)
