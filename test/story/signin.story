# Sign-in asks for the second proof, each code counts once, and wrong names look like wrong passwords.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=123456                -> 422
as ada POST /signin/answer code=totp(ada)             -> 303 security-info
sessions of ada -> 1
as ada sees "ada@home.example"

# Every spelling of the name is the same name.
as other POST /signin name="ＡＤＡ" password="nine quiet lanterns on a hill" -> 303 prove
as other POST /signin/answer code=totp(ada)           -> 303 security-info
sessions of ada -> 2

# What is wrong is not said, and an unknown name looks the same.
as guess POST /signin name=ada password="nine quiet lanterns on a hil" -> 422
as blind POST /signin name=eve password="nine quiet lanterns on a hil" -> 422
pages of guess and blind are equal

# Without the second proof there is no session.
as thief POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as thief GET /security-info                           -> 303 signin
sessions of ada -> 2
