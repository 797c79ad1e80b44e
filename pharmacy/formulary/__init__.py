"""What may be prescribed (药品目录), who dispenses it, and what is on the shelf."""
