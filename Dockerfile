# Two stages: the first installs, the second has only what runs.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY sandbox ./sandbox
RUN python -m venv --without-pip /opt/vipps-sandbox \
 && python -m pip --python /opt/vipps-sandbox/bin/python install --no-cache-dir --disable-pip-version-check . \
 && /opt/vipps-sandbox/bin/python -m compileall -q /opt/vipps-sandbox/lib

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Vipps sandbox" \
      org.opencontainers.image.description="A stateful fake of Vipps MobilePay for integration testing; not affiliated with Vipps MobilePay" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/vipps-sandbox /opt/vipps-sandbox
COPY scenarios /scenarios
ENV PATH=/opt/vipps-sandbox/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SANDBOX_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=2s --timeout=3s --start-period=10s CMD ["vipps-sandbox", "health"]
ENTRYPOINT ["vipps-sandbox"]
CMD ["serve"]
