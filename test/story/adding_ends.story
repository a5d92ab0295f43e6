# Codes to one address are few, five wrong ones end the adding, and wrong old passwords shut the change.
with invited ada
as ada GET /security-info/add?kind=mail                      -> 200
as ada POST /security-info/add address=ada@home.example      -> 303
as ada POST /security-info/resend                            -> 303
as ada POST /security-info/resend                            -> 303
as ada POST /security-info/resend                            -> 429
as ada GET /security-info/add?kind=mail                      -> 200
as ada POST /security-info/add address=ada@home.example      -> 429
turn the clock 16m
as ada GET /security-info/prove                              -> 200
as ada POST /security-info/prove code="nine quiet lanterns on a hill" -> 303
as ada GET /security-info/add?kind=mail                      -> 200
as ada POST /security-info/add address=ada@home.example      -> 303
as ada POST /security-info/confirm code=11111111             -> 422
as ada POST /security-info/confirm code=11111111             -> 422
as ada POST /security-info/confirm code=11111111             -> 422
as ada POST /security-info/confirm code=11111111             -> 422
as ada POST /security-info/confirm code=11111111             -> 303 security-info
as ada does not see "ada@home.example"
as ada POST /change old="wrong one"   password="a long walk to the sea" -> 422
as ada POST /change old="wrong two"   password="a long walk to the sea" -> 422
as ada POST /change old="wrong three" password="a long walk to the sea" -> 422
as ada POST /change old="wrong four"  password="a long walk to the sea" -> 422
as ada POST /change old="wrong five"  password="a long walk to the sea" -> 422
as ada POST /change old="wrong six"   password="a long walk to the sea" -> 422
as ada POST /change old="wrong seven" password="a long walk to the sea" -> 422
as ada POST /change old="wrong eight" password="a long walk to the sea" -> 422
as ada POST /change old="wrong nine"  password="a long walk to the sea" -> 422
as ada POST /change old="wrong ten"   password="a long walk to the sea" -> 422
as ada POST /change old="nine quiet lanterns on a hill" password="a long walk to the sea" -> 422
