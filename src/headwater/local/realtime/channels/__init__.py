"""Channels: one client in one topic, with its broadcasts, its presence and its subscriptions."""
