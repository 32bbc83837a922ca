"""What every command shares: output, tables of records, progress, the broker asked.

No command lives here, and nothing here knows what a command is for.
"""
