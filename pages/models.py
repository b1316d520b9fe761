"""模型 · Models: what is here, what can be had, and which chapter uses which."""

from explorer.views.models import stage

stage.page()
