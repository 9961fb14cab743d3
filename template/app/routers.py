"""Routes of every feature."""

# {% for line in features.router_imports %}
{{ line }}
# {% endfor %}

# isort: split
# Your own imports go below this line.

ROUTERS = [
    # {% for line in features.routers %}
    {{ line }}
    # {% endfor %}
    # Your own routers go below this line.
]
