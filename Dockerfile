# A server that reads handwriting: docker build -t ocr . && docker run --rm -p 127.0.0.1:8020:8020 ocr
# Whoever reaches the port may use it: nobody is asked for a password.
FROM python:3.12-slim

COPY . /src
RUN pip install --no-cache-dir "/src[serve,pdf]" && rm -rf /src \
    && useradd --create-home --uid 10001 ocr

USER ocr
WORKDIR /home/ocr
EXPOSE 8020
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8020/health', timeout=4)"]
ENTRYPOINT ["ocr", "serve", "--host", "0.0.0.0"]
