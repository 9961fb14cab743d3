"""What a client hears whose password is refused."""

from httpx2 import Response


def assert_refused(response: Response, words: str) -> None:
    """Check that the password was refused, and that the client is told so in these words."""
    problem = response.json()
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [error["loc"] for error in problem["errors"]] == [["body", "password"]]
    assert words in problem["errors"][0]["msg"]
