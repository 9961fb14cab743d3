"""What production needs beside a database of its own."""

PRODUCTION = {
    "ENVIRONMENT": "production",
    # {% if auth != "none" %}
    "MAIL_SENDER": "smtp",
    "PUBLIC_URL": "https://shop.example",
    # {% endif %}
    # {% if auth == "jwt" %}
    "JWT_KEYS": '{"2026-11": "a key that is long enough, and known to tests only"}',
    # {% endif %}
}
