# Changing the password needs the old one, ends the other sessions, and tells every address.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as desk POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as desk POST /signin/answer code=totp(ada)        -> 303 security-info
sessions of ada -> 2
turn the clock 6m
as ada GET /change                                -> 200
as ada POST /change old="not the old one at all" password="a long walk to the sea" -> 422
as ada POST /change old="nine quiet lanterns on a hill" password="ada ada ada ada ada" -> 422

# What everybody knows of a person, and of where they work, is no password.
as ada POST /change old="nine quiet lanterns on a hill" password="ada@home.example" -> 422
as ada sees "too close to it"
run brand set organisation "Blauwal Werke" -> 0
as ada POST /change old="nine quiet lanterns on a hill" password="blauwalwerke24bl" -> 422
as ada sees "too close to it"
as ada POST /change old="nine quiet lanterns on a hill" password="               " -> 422
as ada sees "repeats one character"
as ada POST /change old="nine quiet lanterns on a hill" password="a long walk to the sea" -> 303 security-info
sessions of ada -> 1
mail to ada@home.example says "changed"
mail to ada@example.net says "changed"
as desk GET /security-info                        -> 303 signin
as ada GET /security-info                         -> 200
