#!/usr/bin/python3
"""Says what a mail says, by Python's own reader of mail: mail.py FOLDER RECIPIENT

Waits up to 4 seconds for a mail to the recipient in FOLDER/new. Every header as "Name: value", decoded;
then each part as "part TYPE", its text with a bar before each line. "defect" lines: what the reader
found wrong.
"""
import email
import email.policy
import glob
import sys
import time


def mails_to(folder, recipient):
    found = []
    for path in glob.glob(folder + '/new/*'):
        with open(path, 'rb') as file:
            mail = email.message_from_binary_file(file, policy=email.policy.default)
        if mail['Delivered-To'] == recipient:
            found.append(mail)
    return found


def show(mail):
    for name, value in mail.items():
        print(f'{name}: {value}')
    for part in mail.walk():
        for defect in part.defects:
            print('defect', type(defect).__name__)
        if part.get_content_maintype() == 'text':
            print('part', part.get_content_type(), part.get_content_charset())
            print(''.join('|' + line + '\n' for line in part.get_content().splitlines()), end='')


end = time.monotonic() + 4
while not (found := mails_to(*sys.argv[1:])) and time.monotonic() < end:
    time.sleep(0.05)
print('mails', len(found))
for mail in found:
    show(mail)
