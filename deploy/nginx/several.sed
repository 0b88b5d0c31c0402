# Makes of feedservice.conf the one before several machines: sed -Ef several.sed feedservice.conf
# 172.30.8.11 and .12 are the replicas; .10 is the writer's `serve`, which takes what is sent.
#
# A replica that is away is asked again after two seconds; what it was asked for is asked of the other.
s/^    server 127\.0\.0\.1:8000;/    server 172.30.8.11:8000 max_fails=1 fail_timeout=2s;\n    server 172.30.8.12:8000 max_fails=1 fail_timeout=2s;/
s/proxy_next_upstream error;/proxy_next_upstream error timeout;\n    proxy_next_upstream_tries 2;/
/^upstream feedservice_itself/i\
upstream feedservice_writer {\
    server 172.30.8.10:8000 max_fails=0;\
    keepalive 8;\
    keepalive_timeout 10s;\
}\

/^    location ~ .*(hooks|micropub)/,/^    }/ s|http://feedservice;|http://feedservice_writer;|
