provider "aws" {
  region = "us-east-1"
}

variable "instance_type" {
  type = string
}

resource "aws_instance" "inference" {
  ami           = "ami-0123456789abcdef0"
  instance_type = var.instance_type

  root_block_device {
    volume_type = "gp3"
    volume_size = 100
  }
}
