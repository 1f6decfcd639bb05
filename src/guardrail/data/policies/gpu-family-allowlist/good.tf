# params: {allow: [t4, l4, a10g]}
provider "aws" {
  region = "us-east-1"
}

resource "aws_instance" "trainer" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "g4dn.xlarge"

  root_block_device {
    volume_type = "gp3"
    volume_size = 100
  }
}
