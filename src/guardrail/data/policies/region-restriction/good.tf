# params: {allow: {aws: [us-east-1, eu-west-1]}}
provider "aws" {
  region = "eu-west-1"
}

resource "aws_instance" "inference" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "g4dn.xlarge"
}
