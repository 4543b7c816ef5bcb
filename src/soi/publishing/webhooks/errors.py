"""What can go wrong with webhooks, for a person."""

from soi.core.errors import SoiError


class WebhookUnknown(SoiError):
    """There is no endpoint with that number."""

    code = "webhook_unknown"
    http_status = 404


class WebhookInvalid(SoiError):
    """An address, a label or a kind can't be taken; `reason` says which."""

    code = "webhook_invalid"
    http_status = 422


class WebhookStateRefused(SoiError):
    """The endpoint does not stand where this could be done to it."""

    code = "webhook_state_refused"
    http_status = 409


class DeliveryUnknown(SoiError):
    """The endpoint has no message with that number that could be sent again."""

    code = "webhook_delivery_unknown"
    http_status = 404


class WebhookSecretUnreadable(SoiError):
    """The endpoint's secret was sealed with another secret key of the desk."""

    code = "webhook_secret_unreadable"
    http_status = 500
    exit_status = 4
