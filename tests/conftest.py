"""How much the property tests try: little in `make test`, much in `make soak`."""

from hypothesis import settings

settings.register_profile("test", max_examples=40)
settings.register_profile("soak", max_examples=1000)
settings.load_profile("test")
