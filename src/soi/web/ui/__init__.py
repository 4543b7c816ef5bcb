"""The look: base layout, components, style sheet and typeface."""
