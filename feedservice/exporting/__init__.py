"""DOCUMENTS → A FOLDER: the service's own answers as static files, and configuration for who serves
them.

`inventory` says which addresses there are, `asking` asks the application, `names` says what files
are called, `folder` alone touches the disk, `manifest` remembers, `nginx` and `hosts` write
configuration, `export` brings them together.
"""
