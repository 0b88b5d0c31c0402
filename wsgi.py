from feedservice.service.wiring_web import application

app = application()
