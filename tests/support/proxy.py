"""A relay in front of a database server: it can hold connections back, and cut them all."""

import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

CHUNK = 65536


class Relay:
    """Passes bytes on in both directions until it is told to cut."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.lock = Lock()
        self.gate = Event()
        self.gate.set()
        self.arrived = 0

    def run(self) -> None:
        """Accept connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.arrived += 1
                Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client: socket.socket) -> None:
        """Connect a client to the server, as soon as the gate is open."""
        self.gate.wait()
        pair = (client, socket.create_connection(self.server))
        with self.lock:
            self.pairs.append(pair)
        for source, target in (pair, pair[::-1]):
            Thread(target=pass_on, args=(source, target), daemon=True).start()

    @contextmanager
    def together(self, number: int, seconds: float) -> Generator[None]:
        """Hold connections back until so many have come, then let all go on at the same moment."""
        self.arrived = 0
        self.gate.clear()
        yield
        deadline = time.monotonic() + seconds
        while self.arrived < number and time.monotonic() < deadline:
            time.sleep(0.02)
        self.gate.set()

    def cut(self) -> int:
        """Close every connection without a word to either side; return how many there were."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for connection in (connection for pair in pairs for connection in pair):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        return len(pairs)


def pass_on(source: socket.socket, target: socket.socket) -> None:
    """Send what arrives at one side to the other one, its end included, however it ends."""
    with suppress(OSError):
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
    # A server that gets a request after it has closed resets the connection: without this, the
    # client would never hear of it.
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def relay(host: str, port: int) -> Generator[Relay]:
    """Give a relay to a server."""
    found = Relay((host, port))
    Thread(target=found.run, daemon=True).start()
    try:
        yield found
    finally:
        found.listener.close()
        found.cut()
