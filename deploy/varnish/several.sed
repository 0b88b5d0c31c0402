# Makes of feedservice.vcl the one before several replicas, 172.30.8.11 and .12: sed -Ef several.sed feedservice.vcl
# Whoever does not answer is asked no more until its probe is answered; what it was asked for is asked of the other, and so is
# what it could answer with an old copy only.
s/^import std;/import directors;\n&/
s/^    \.host = "127\.0\.0\.1";/    .host = "172.30.8.11";/
/^acl feedservice_writers/i\
backend feedservice_2 {\
    .host = "172.30.8.12";\
    .port = "8000";\
    .connect_timeout = 2s;\
    .first_byte_timeout = 10s;\
    .between_bytes_timeout = 10s;\
    .probe = {\
        .url = "/healthz";\
        .interval = 2s;\
        .timeout = 1s;\
        .window = 3;\
        .threshold = 2;\
        .initial = 2;\
    }\
}\
\
sub vcl_init {\
    new replicas = directors.round_robin();\
    replicas.add_backend(feedservice);\
    replicas.add_backend(feedservice_2);\
}\

s/^sub vcl_recv \{/&\n    set req.backend_hint = replicas.backend();/
s/req\.restarts == 0/req.restarts <= 1/
# What is no newer than what is kept here is asked of the other, too.
s/(Last-Modified, now\)) < std/\1 <= std/
