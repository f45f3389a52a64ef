"""The reply model in OpenVINO: the net, what of chats is kept, and which token comes next."""
