from feedservice.wiring import application

app = application()
