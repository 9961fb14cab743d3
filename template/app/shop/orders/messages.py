"""What users are told about their orders."""

from app.models import Order


def placed_message(order: Order) -> str:
    """Return what the buyer is told about a new order."""
    return f"We have received your order {order.order_number} of {order.total_amount:.2f}."
