"""The suites: what is asked of an endpoint, one module for each idea. A suite is a function that gives its cases.

Rule of the folder: a suite asks through the session and yields what is wrong; content is judged by its structure, since
a model is free in its words.
"""
