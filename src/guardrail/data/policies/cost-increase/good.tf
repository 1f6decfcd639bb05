provider "aws" {
  region = "us-east-1"
}

resource "aws_instance" "inference" {
  count         = 1
  ami           = "ami-0123456789abcdef0"
  instance_type = "g5.xlarge"

  root_block_device {
    volume_type = "gp3"
    volume_size = 100
  }
}
