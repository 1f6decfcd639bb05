# params: {allow: {aws: [us-east-1, us-west-2]}}
provider "aws" {
  region = "us-west-2"
}

resource "aws_instance" "inference" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "g4dn.xlarge"

  root_block_device {
    volume_type = "gp3"
    volume_size = 100
  }
}
