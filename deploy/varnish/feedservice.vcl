# Varnish in front of `feedservice serve`, behind nginx: FEEDSERVICE_CDN=varnish, docs/cdn.md. Needs Varnish 7.1 or later, with
# vmod_xkey of varnish-modules (Debian: `apt install varnish varnish-modules`).
#
# What a site may have to change:
#   127.0.0.1 and 8000    where `feedservice serve` listens
#   "127.0.0.1"; "::1";   from where changes are told: where the writer runs
vcl 4.1;

import std;
import xkey;

backend feedservice {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 2s;
    # An empty index lets its first request wait five seconds.
    .first_byte_timeout = 10s;
    .between_bytes_timeout = 10s;
    .probe = {
        .url = "/healthz";
        .interval = 2s;
        .timeout = 1s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

acl feedservice_writers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        # Behind a proxy every client has its address: what came by one (our nginx says Via; Varnish itself adds the first
        # address to X-Forwarded-For, a proxy another) tells nothing.
        if (client.ip !~ feedservice_writers || req.http.Via || req.http.X-Forwarded-For ~ ",") {
            return (synth(403));
        }
        if (!req.http.xkey-softpurge) {
            return (synth(400));
        }
        set req.http.purged = xkey.softpurge(req.http.xkey-softpurge);
        return (synth(200, "Purged " + req.http.purged));
    }
    # What is sent, and who proves who he is (RFC 9111 section 3.5), is the application's.
    if ((req.method != "GET" && req.method != "HEAD") || req.http.Authorization) {
        return (pass);
    }
    # Nobody is told apart. Addresses are kept by path and query, not by host: the application never looks at it.
    unset req.http.Cookie;
    if (req.url ~ "/(healthz|readyz|metrics)(\?|$)" || req.url ~ "/media/") {
        return (pass); # media: the application answers ranges
    }
    # Parameters that no answer depends on. A name with % in it may spell a known one: it stays.
    set req.url = regsuball(req.url, "([?&])(?:utm_[a-z]+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id)=[^&]*(?=&|$)", "\1");
    set req.url = regsuball(req.url, "&&+", "&");
    set req.url = regsub(regsub(req.url, "\?&+", "?"), "[?&]+$", "");
    # What was purged is not given again, but where the application cannot be asked.
    if (req.restarts == 0 && std.healthy(req.backend_hint)) {
        set req.grace = 0s;
    } else {
        set req.grace = 1d;
    }
    return (hash);
}

sub vcl_hash {
    hash_data(req.url);
    return (lookup);
}

sub vcl_backend_response {
    if (beresp.status >= 500) {
        return (abandon);
    }
    # What stands in for a new answer is said to be good for a second. Of several replicas another one may have given since what
    # is kept here, and is newer: that is given again (vcl_synth).
    if (beresp.http.Surrogate-Control == "max-age=1" && !bereq.uncacheable && bereq.http.If-Modified-Since
        && std.time(beresp.http.Last-Modified, now) < std.time(bereq.http.If-Modified-Since, now)) {
        return (abandon);
    }
    # For how long it may be kept is said in a field of its own: Cache-Control is the clients'.
    if (beresp.http.Surrogate-Control ~ "max-age=[0-9]+") {
        set beresp.ttl = std.duration(regsub(beresp.http.Surrogate-Control, "^.*max-age=([0-9]+).*$", "\1s"), 0s);
        set beresp.http.xkey = beresp.http.Surrogate-Key;
    }
    set beresp.grace = 1d;
}

sub vcl_backend_error {
    return (abandon);
}

sub vcl_synth {
    # The application did not answer: once more, with what is kept, however old it is.
    if (resp.status == 503 && req.restarts == 0 && (req.method == "GET" || req.method == "HEAD")) {
        return (restart);
    }
    if (resp.status == 503) {
        set resp.http.Retry-After = "5";
        set resp.http.Cache-Control = "no-store";
    }
}

sub vcl_deliver {
    # What is kept is fresh, however long ago it was fetched: clients' max-age begins now.
    unset resp.http.Age;
    unset resp.http.xkey;
    unset resp.http.Surrogate-Key;
    unset resp.http.Surrogate-Control;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
