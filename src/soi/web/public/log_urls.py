"""Addresses of the files of the public log: one for both languages, as verifiers know them."""

from django.urls import path

from soi.web.public import log

app_name = "log"
urlpatterns = [
    path("checkpoint", log.checkpoint, name="checkpoint"),
    path("tile/<path:path>", log.tile, name="tile"),
    path("key", log.key, name="key"),
    path("handover/<int:number>", log.handover, name="handover"),
    path("proof/<int:index>.json", log.proof, name="proof"),
]
