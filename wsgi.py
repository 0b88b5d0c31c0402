from feedservice.wiring_web import application

app = application()
