"""Releases beside each other: the cache of each version is in a schema of its own.

That schema is named after the site's and the version (``public_index_20``) and stands before the
site's in the path of each session, so statements name neither. What is no cache, and who writes,
is in the site's schema, and all releases share it. Where nobody may create schemas, the cache is
there, too, as it is where a release before this one made it; releases replace each other then.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from feedservice.index.schema import SCHEMA_VERSION, cache

SITE = "current_setting('feedservice.site')"
"""The schema of the site, in a session that `path` set up."""
_MARK = "_index_"
_PATH = """
SELECT set_config('feedservice.site', current_schema(), false),
 set_config('search_path',
  concat(quote_ident(current_schema() || %s), ', ', current_setting('search_path')), false)
WHERE current_schema() IS NOT NULL"""
_PLACES = text("""
SELECT quote_ident(site), quote_ident(own), site <> own AND may_create,
 to_regclass(quote_ident(site) || '.list_changes') IS NOT NULL,
 to_regclass(quote_ident(own) || '.list_changes') IS NOT NULL
FROM (SELECT CAST(current_setting('feedservice.site') AS name) AS site,
 CAST(current_setting('feedservice.site') || :own AS name) AS own,
 has_database_privilege(current_database(), 'CREATE') AS may_create) AS places""")
"""A name has 63 bytes; what is more is cut off. Where ``list_changes`` stands tables are ours: no
other program has one, as it may have ``articles`` or ``search``."""
_BESIDE = text("""
SELECT quote_ident(nspname),
 substr(nspname, length(current_setting('feedservice.site') || :mark) + 1)
FROM pg_namespace
WHERE starts_with(nspname, current_setting('feedservice.site') || :mark)
 AND pg_get_userbyid(nspowner) = current_user
 AND to_regclass(quote_ident(nspname) || '.list_changes') IS NOT NULL
 AND to_regclass(quote_ident(nspname) || '.pings') IS NULL""")
"""What could be another site's has its pings."""
_CACHE = [*cache.tables, "search"]


def path() -> tuple[str, Sequence[str]]:
    """Return what sets up a session, and its values."""
    return _PATH, (_own(),)


def make_room(connection: Connection) -> None:
    """Make an empty schema for the cache of this release, or drop the cache where none can be."""
    site, own, can_be_made, is_in_site, is_in_own = _places(connection)
    if can_be_made:
        if is_in_own:
            connection.exec_driver_sql(f"DROP SCHEMA {own} CASCADE")
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {own}")
    elif is_in_site or is_in_own:
        _drop_tables(connection, own if is_in_own else site)


def drop_older(connection: Connection) -> None:
    """Drop the caches of older releases of the site."""
    for schema, version in connection.execute(_BESIDE, {"mark": _MARK}).all():
        if version.isdecimal() and int(version) < SCHEMA_VERSION:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    site, own, _can_be_made, is_in_site, is_in_own = _places(connection)
    if is_in_site and is_in_own and site != own:
        _drop_tables(connection, site)


def _places(connection: Connection) -> Sequence[Any]:
    return connection.execute(_PLACES, {"own": _own()}).one()


def _drop_tables(connection: Connection, schema: str) -> None:
    tables = ", ".join(f"{schema}.{table}" for table in _CACHE)
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {tables}")


def _own() -> str:
    return f"{_MARK}{SCHEMA_VERSION}"
