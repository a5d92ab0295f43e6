# A form from elsewhere is refused, a page for another host is told where to go, and nothing is cached.
with registered ada
as visitor GET /recover                           -> 200
as visitor forges POST /recover name=ada          -> 403
as visitor forges POST /recover name=ada csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA -> 403
no mail to ada@home.example like /\b\d{8}\b/
as visitor GET /nowhere                           -> 404
as visitor GET /.well-known/change-password       -> 303 change
