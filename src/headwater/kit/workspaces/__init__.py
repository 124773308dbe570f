"""Workspaces: who is calling, in which workspace, with which role. Members, invitations, API keys, activity.

Routes import their dependencies from `caller`; nothing is imported here, so that workers need no web framework.
"""
