"""What no process survives, done to this program a thousand times: kills, damaged files, full disks."""
