# Somebody who never registered walks the same pages; only the desk's log knows why.
person bob mail=bob@example.net
with registered ada
as bob POST /recover name=bob                     -> 303 check_messages
as ada POST /recover name=ada                     -> 303 check_messages
pages of bob and ada are equal
mail to ada@home.example -> code := /\b\d{8}\b/
no mail to bob@example.net
run people disable ada -> 0
as other POST /recover name=ada                   -> 303 check_messages
pages of bob and other are equal
no mail to ada@home.example like /\b\d{8}\b/
