"""A server that takes mail by SMTP, on a free port, as far as a test needs one."""

from collections.abc import Generator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, TCPServer
from threading import Thread
from typing import cast

ANSWERS = {
    "EHLO": "250-here\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "DATA": "354 go on",
    "QUIT": "221 bye",
}


class SMTPServer(TCPServer):
    """What was said to the server, line by line."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.lines: list[str] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class Conversation(StreamRequestHandler):
    """One client."""

    def handle(self) -> None:
        """Answer until the client leaves."""
        lines = cast("SMTPServer", self.server).lines
        in_message = False
        self._say("220 here")
        for raw in self.rfile:
            line = raw.decode(errors="replace").rstrip("\r\n")
            lines.append(line)
            verb = line[:4].upper()
            if in_message:
                in_message = line != "."
                if not in_message:
                    self._say("250 taken")
                continue
            self._say(ANSWERS.get(verb, "250 fine"))
            in_message = verb == "DATA"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def smtp_server() -> Generator[SMTPServer]:
    """Give a server that runs until the block ends."""
    with SMTPServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
