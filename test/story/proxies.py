"""The real nginx with nothing of the machine's own, and the files that we ship for proxies, fitted to a test."""


def replaced(text, *pairs):
    """Each of them is there, or what we ship has changed."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder, sites, main=''):
    """What starts it with these sites; main: what stands before them all."""
    (folder / 'nginx.conf').write_text(
        f'daemon off; pid {folder}/pid; error_log {folder}/error.log; {main}\nevents {{}}\nhttp {{\naccess_log off;\n'
        + ''.join(f'{kind}_temp_path {folder}/{kind};\n' for kind in
                  ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi')) + sites + '}\n')
    return ['nginx', '-p', folder, '-c', folder / 'nginx.conf']
