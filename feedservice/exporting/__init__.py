"""DOCUMENTS → A FOLDER: the service's own responses as static files, and configuration for servers.

`addresses` says which there are, `wsgi_client` asks the application, `names` says what files are
called, `folder` alone touches the disk, `manifest` remembers, `nginx` and `static_hosts` write
configuration, `export` brings them together.
"""
