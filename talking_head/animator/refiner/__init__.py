"""The net that turns a warped lower face into a finished one."""
