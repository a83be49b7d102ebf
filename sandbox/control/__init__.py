"""The sandbox's own API below `/sandbox` (people, time, and what is in a sales unit), and the dashboard.

Nothing is imported here: much of it is needed only once somebody asks something, and a start is felt in every CI run.
"""
